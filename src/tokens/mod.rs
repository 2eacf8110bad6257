//! Floor 2: the only mint.
