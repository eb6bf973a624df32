//! Parquet files whose pages are packed with gzip or Zstandard: unpacked here, each no further than is
//! believable. The reader of the format would unpack a page of gzip to whatever it comes to.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;
use ruzstd::decoding::StreamingDecoder;

/// Bytes of a page: writers make pages of a megabyte or so.
const MOST: u64 = 1 << 28;

/// How pages are packed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Packing {
    Gzip,
    Zstandard,
}

impl Packing {
    fn of(chunk: &ColumnChunkMetaData) -> Option<Self> {
        match chunk.compression() {
            Compression::GZIP(_) => Some(Self::Gzip),
            Compression::ZSTD(_) => Some(Self::Zstandard),
            _ => None,
        }
    }

    /// What bytes unpack to, up to so many.
    fn unpack(self, packed: &[u8], most: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if packed.is_empty() {
            return Ok(bytes);
        }
        let damaged = |_| ParquetError::General("a page cannot be unpacked".to_owned());
        match self {
            Self::Gzip => MultiGzDecoder::new(packed)
                .take(most + 1)
                .read_to_end(&mut bytes)
                .map_err(damaged)?,
            Self::Zstandard => StreamingDecoder::new(packed)
                .map_err(|_| ParquetError::General("a page cannot be unpacked".to_owned()))?
                .take(most + 1)
                .read_to_end(&mut bytes)
                .map_err(damaged)?,
        };
        if bytes.len() as u64 > most {
            return Err(ParquetError::General(
                "a page unpacks to more than its file says".to_owned(),
            ));
        }
        Ok(bytes)
    }
}

/// The name of a packing that is not read, where a file has one.
pub(super) fn unknown(metadata: &ParquetMetaData) -> Option<&'static str> {
    let chunks = metadata
        .row_groups()
        .iter()
        .flat_map(RowGroupMetaData::columns);
    chunks
        .map(|chunk| match chunk.compression() {
            Compression::UNCOMPRESSED
            | Compression::SNAPPY
            | Compression::GZIP(_)
            | Compression::ZSTD(_) => None,
            Compression::BROTLI(_) => Some("brotli"),
            Compression::LZ4 | Compression::LZ4_RAW => Some("lz4"),
            Compression::LZO => Some("lzo"),
        })
        .find_map(|name| name)
}

/// Whether any of the pages is to be unpacked here.
pub(super) fn is_packed(metadata: &ParquetMetaData) -> bool {
    let mut chunks = metadata
        .row_groups()
        .iter()
        .flat_map(RowGroupMetaData::columns);
    chunks.any(|chunk| Packing::of(chunk).is_some())
}

/// The row groups of a file.
pub(super) struct Unpacked<R> {
    pub(super) file: Arc<R>,
    pub(super) metadata: Arc<ParquetMetaData>,
}

impl<R: ChunkReader + 'static> RowGroups for Unpacked<R> {
    fn num_rows(&self) -> usize {
        usize::try_from(self.metadata.file_metadata().num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        Ok(Box::new(Chunks {
            file: Arc::clone(&self.file),
            metadata: Arc::clone(&self.metadata),
            column,
            group: 0,
        }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata.row_groups().iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The chunks of a column, one a row group.
struct Chunks<R> {
    file: Arc<R>,
    metadata: Arc<ParquetMetaData>,
    column: usize,
    group: usize,
}

impl<R: ChunkReader + 'static> Chunks<R> {
    fn pages(&self, group: &RowGroupMetaData) -> Result<Box<dyn PageReader>> {
        let missing = || ParquetError::General("a column chunk is missing".to_owned());
        let chunk = group.columns().get(self.column).ok_or_else(missing)?;
        let rows = usize::try_from(group.num_rows()).map_err(|_| missing())?;
        let file = Arc::clone(&self.file);
        let Some(packing) = Packing::of(chunk) else {
            return Ok(Box::new(SerializedPageReader::new(
                file, chunk, rows, None,
            )?));
        };
        // The bytes of its pages are asked for as they are.
        let bare = chunk.clone().into_builder();
        let bare = bare.set_compression(Compression::UNCOMPRESSED).build()?;
        let said = u64::try_from(chunk.uncompressed_size()).unwrap_or(0);
        Ok(Box::new(Pages {
            reader: SerializedPageReader::new(file, &bare, rows, None)?,
            packing,
            left: said,
        }))
    }
}

impl<R: ChunkReader + 'static> Iterator for Chunks<R> {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let metadata = Arc::clone(&self.metadata);
        let group = metadata.row_groups().get(self.group)?;
        self.group += 1;
        Some(self.pages(group))
    }
}

impl<R: ChunkReader + 'static> PageIterator for Chunks<R> {}

/// The pages of a chunk, unpacked.
struct Pages<R: ChunkReader> {
    reader: SerializedPageReader<R>,
    packing: Packing,
    /// Bytes that its pages may still unpack to, by what the file says of the whole chunk.
    left: u64,
}

impl<R: ChunkReader> Pages<R> {
    /// The bytes of a page; what stands before its packed part stays as it is.
    fn unpack(&mut self, bytes: &Bytes, bare: usize) -> Result<Bytes> {
        let (before, packed) = bytes
            .split_at_checked(bare)
            .ok_or_else(|| ParquetError::General("a page is cut off".to_owned()))?;
        let unpacked = self.packing.unpack(packed, self.left.min(MOST))?;
        self.left -= unpacked.len() as u64;
        Ok(if before.is_empty() {
            Bytes::from(unpacked)
        } else {
            Bytes::from([before, &unpacked].concat())
        })
    }

    fn unpacked(&mut self, mut page: Page) -> Result<Page> {
        match &mut page {
            Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. } => {
                *buf = self.unpack(buf, 0)?;
            }
            Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed: true,
                ..
            } => {
                let levels = u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len);
                *buf = self.unpack(buf, usize::try_from(levels).unwrap_or(usize::MAX))?;
            }
            Page::DataPageV2 { .. } => {}
        }
        Ok(page)
    }
}

impl<R: ChunkReader> Iterator for Pages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<R: ChunkReader> PageReader for Pages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        match self.reader.get_next_page()? {
            Some(page) => self.unpacked(page).map(Some),
            None => Ok(None),
        }
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.reader.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.reader.skip_next_page()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_page_unpacks_no_further_than_its_file_says() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&[7; 4096]).unwrap();
        let packed = packed.finish().unwrap();
        let unpacked = Packing::Gzip.unpack(&packed, 4096).unwrap();
        assert_eq!(unpacked, [7; 4096]);
        assert!(Packing::Gzip.unpack(&packed, 4095).is_err());
        assert!(Packing::Gzip.unpack(b"no gzip", 4096).is_err());
        assert!(Packing::Zstandard.unpack(b"no frame", 4096).is_err());
        assert_eq!(Packing::Zstandard.unpack(b"", 0).unwrap(), b"");
    }
}
