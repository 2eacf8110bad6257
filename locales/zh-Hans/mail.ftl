mail-greeting = { $name }，您好：
mail-greeting-nobody = 您好：
mail-signature = 此邮件由 { $product } 自动发送，请勿回复。
mail-code-note = 请在要求验证码的页面输入以下验证码，10 分钟内有效：
mail-link-note = 或在任意浏览器中打开以下链接，1 小时内有效，仅可使用一次：

mail-recovery-subject = 为 { $product } 设置新密码
mail-recovery-lead = 有人（可能是您本人）申请为您的 { $product } 账号设置新密码。
mail-recovery-link = 设置新密码
mail-recovery-warning = 如果不是您本人操作，则无需理会，密码不会改变。无论谁向您索要此验证码，都请勿提供。

mail-reset-subject = 您的 { $product } 密码已修改
mail-reset-lead = 您的 { $product } 账号密码刚刚已重设，所用的验证码或链接曾发送到此邮箱。其他设备上的登录均已退出。
mail-reset-link = 重新设置密码
mail-reset-warning = 如果不是您本人操作，请立即重新设置密码，并检查还有谁能查看此邮箱。

mail-signup-subject = 确认您的 { $product } 邮箱地址
mail-signup-lead = 有人（可能是您本人）想用此邮箱地址创建 { $product } 账号。
mail-signup-link = 确认并继续
mail-signup-warning = 如果不是您本人操作，则无需理会：不使用此验证码或链接，就不会创建账号。

mail-registered-subject = 您已有 { $product } 账号
mail-registered-lead = 有人（可能是您本人）想用此邮箱地址创建 { $product } 账号。此地址已有账号，可直接登录。
mail-registered-link = 登录
mail-registered-warning = 如果忘记了密码，请在登录页选择“忘记密码？”。如果不是您本人操作，则无需理会。

mail-invitation-subject = 您的 { $product } 账号
mail-invitation-lead = 邀请您使用此邮箱地址创建 { $product } 账号。
mail-invitation-link = 创建账号
mail-invitation-note = 请打开以下链接，设置姓名和密码，7 天内有效，仅可使用一次：
mail-invitation-warning = 如果您不清楚为何收到此邮件，则无需理会。

mail-device-subject = { $product } 上有新的登录
mail-device-lead = 您的账号刚刚在一个新的浏览器上登录：{ $device }，所在网络为 { $network }。
mail-device-link = 设置新密码
mail-device-warning = 如果是您本人操作，则无需理会。如果不是，请立即设置新密码：所有设备上的登录都会随之退出。

mail-change-password = 您的 { $product } 密码已修改
mail-change-address = 您的 { $product } 账号的邮箱地址
mail-change-factors = 您的 { $product } 账号安全
mail-change-password-changed = 您账号的密码已修改。其他设备上的登录均已退出。
mail-change-password-removed = 您账号的密码已移除。您的其他登录方式仍然保留。
mail-change-authenticator-added = 您的账号已添加身份验证器应用。今后登录时需要输入其验证码。
mail-change-authenticator-removed = 您账号的身份验证器应用已移除，恢复代码也随之移除。今后登录时不再需要验证码。
mail-change-passkey-added = 您的账号已添加通行密钥“{ $name }”。
mail-change-passkey-removed = 您的账号已移除通行密钥“{ $name }”。
mail-change-recovery-codes = 您的账号已生成新的恢复代码。之前的恢复代码已失效。
mail-change-address-added = 您的账号已添加邮箱地址 { $address }。
mail-change-address-removed = 您的账号已移除邮箱地址 { $address }。
mail-change-address-changed = 您账号的主邮箱地址已从 { $from } 更改为 { $to }。
mail-change-factors-reset = 运营方移除了您账号的身份验证器应用和恢复代码。在用户丢失它们时会这样处理。
mail-change-when = 时间：{ $time }
mail-change-from = 来源：{ $device }，网络为 { $network }
mail-change-by-operator = 操作者：运营方
mail-change-recover = 设置新密码
mail-change-recover-warning = 如果是您本人操作，则无需理会。如果不是，请立即设置新密码：所有设备上的登录都会随之退出。然后请在您账号的“登录与安全”页面查看还有哪些更改。
mail-change-review = 查看您的会话
mail-change-review-warning = 如果是您本人操作，则无需理会。如果不是，请退出所有不属于您的设备的登录，并在您账号的“登录与安全”页面查看还有哪些更改。
mail-change-undo = 撤销更改
mail-change-undo-warning = 如果是您本人操作，则无需理会。如果不是，请撤销更改并设置新密码：链接三天内有效。

mail-address-subject = 确认您的 { $product } 邮箱地址
mail-address-lead = 有人（可能是您本人）想将此邮箱地址添加到一个 { $product } 账号。
mail-address-link = 确认此邮箱地址
mail-address-note = 或在您已登录的浏览器中打开以下链接，1 小时内有效，仅可使用一次：
mail-address-warning = 如果不是您本人操作，则无需理会：不使用此验证码或链接，就不会添加此地址。

mail-sign-in-subject = 您的 { $product } 验证码
mail-sign-in-lead = 有人（可能是您本人）想登录您的 { $product } 账号。
mail-sign-in-link = 登录
mail-sign-in-note = 或在您开始登录的浏览器中打开以下链接，10 分钟内有效，仅可使用一次：
mail-sign-in-warning = 如果不是您本人操作，则无需理会：没有此验证码，谁也无法登录。无论谁向您索要此验证码，都请勿提供。
