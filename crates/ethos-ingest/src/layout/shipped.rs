//! The layouts in the program.

macro_rules! shipped {
    ($($id:literal => $file:literal,)*) => {
        &[$(($id, include_str!(concat!("../../../../data/reference/layouts/", $file)))),*]
    };
}

/// Id and TOML text of each shipped layout.
pub(super) const SHIPPED: &[(&str, &str)] = shipped! {
    "beschermd-wonen/2025" => "beschermd-wonen-2025.toml",
    "detentie/2025" => "detentie-2025.toml",
    "ethos-telling/2025" => "ethos-telling-2025.toml",
    "gmsd/2015" => "gmsd-2015.toml",
    "jeugdzorg/2025" => "jeugdzorg-2025.toml",
    "monitor-dakloosheid/2024" => "monitor-dakloosheid-2024.toml",
    "monitor-dakloosheid/2025" => "monitor-dakloosheid-2025.toml",
    "ontruimingen/2025" => "ontruimingen-2025.toml",
    "register/adresloze-bijstand" => "register-adresloze-bijstand.toml",
    "register/personen" => "register-personen.toml",
    "register/reclassering" => "register-reclassering.toml",
    "uitstroom-zorg/2025" => "uitstroom-zorg-2025.toml",
    "vroegsignalering/2025" => "vroegsignalering-2025.toml",
};

/// The TOML text of a shipped layout, to copy and change; `None` for an unknown id.
pub fn shipped_text(id: &str) -> Option<&'static str> {
    SHIPPED
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, text)| *text)
}

/// Ids of the shipped layouts.
pub fn shipped_ids() -> Vec<&'static str> {
    SHIPPED.iter().map(|(id, _)| *id).collect()
}
