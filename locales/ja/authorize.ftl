form-post-title = しばらくお待ちください
form-post-lead = { $host } に戻ります。
form-post-continue = 続ける
