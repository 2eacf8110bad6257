title-problem = 错误：
copy = 复制
copied = 已复制
application-host = 将带您返回 { $host }
application-unverified = 此应用为自行注册，其名称和链接未经核实。
application-policy = { $application } 的隐私政策
application-terms = 服务条款
