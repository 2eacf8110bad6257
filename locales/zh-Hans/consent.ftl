consent-title = 允许 { $application } 使用您的账号吗？
consent-switch = 不是您本人？
consent-asks = { $application } 将能够
consent-asks-more = 该应用已有部分权限，现请求
consent-new = 新增
consent-sensitive = 敏感
consent-offline = 在您离开时保持此访问权限
consent-offline-days = { $days ->
       *[other] 直到您取消授权，或连续 { $days } 天未使用
    }
consent-allow = 允许
consent-deny = 拒绝

scope-openid = 确认您的身份
scope-openid-detail = 您账号的标识符
scope-profile = 查看您的个人资料
scope-profile-detail = 姓名、头像、语言、时区等
scope-account = 查看和更改您在此处的账号
scope-account-detail = 个人资料、密码、会话、应用、活动记录，以及保存的您的其他所有信息
scope-email = 查看您的邮箱地址
scope-phone = 查看您的电话号码
scope-address = 查看您的通讯地址
scope-other = 代您使用“{ $scope }”
