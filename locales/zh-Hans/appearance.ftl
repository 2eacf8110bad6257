account-appearance = 语言与主题
appearance-lead = 本服务页面的显示方式，适用于您登录的每个浏览器。
appearance-language = 语言
appearance-language-browser = 跟随浏览器
appearance-language-hint = 发给您的邮件也使用此语言。应用看到的则是您个人资料中的语言。
appearance-theme = 主题
appearance-stale = 您的账号刚刚已在别处更改。您的选择尚未保存：如要保留，请重新保存。
theme-system = 跟随设备
theme-light = 浅色
theme-dark = 深色

foot-choose = 语言与主题
foot-apply = 应用更改
foot-links = 关于本服务
foot-privacy = 隐私
foot-terms = 服务条款
foot-support = 帮助
foot-imprint = 法律声明
