//! What every endpoint shares: faces, assets, cookies, limits, headers.
