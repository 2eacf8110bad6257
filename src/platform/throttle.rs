//! Growing delays for repeated failures.
