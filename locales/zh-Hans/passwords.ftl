password-common = 此密码属于最先被尝试的密码之一：它很常见，或曾遭泄露。请换一个。
password-guessable = 此密码很快就会被程序猜到。请使用几个互不相关的词语，让它更长。
