# Why a new password is not taken; the other reasons stand in account.ftl.

password-common = This password is one of those that are tried first: it is common, or it was in a breach. Choose another one.
password-guessable = A program would guess this password soon. Make it longer, with a few words that have nothing to do with each other.
