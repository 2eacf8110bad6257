form-post-title = 请稍候
form-post-lead = 正在带您返回 { $host }。
form-post-continue = 继续
