# Why a new password is not taken; the other reasons stand in account.ftl.

password-common = This password is common or was found in a data breach, so attackers try it first. Choose another one.
password-guessable = A program could guess this password quickly. Make it longer, with a few unrelated words.
