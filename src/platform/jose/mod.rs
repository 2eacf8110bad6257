//! Compact JWS and JWE by josekit, behind our own guards.
