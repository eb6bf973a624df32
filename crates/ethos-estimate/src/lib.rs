//! Captures in, estimates out: hierarchical Poisson log-linear capture-recapture with existence certificates and bootstrap.
