//! Floor 0: the words of the specifications. Pure: no I/O, no actix, no diesel.
