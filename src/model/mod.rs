//! Floor 2: the nouns every slice shares, each with its rules and its queries.
