mailbox-title = 收件箱
mailbox-lead = 原本会发送出去的邮件。在此开发服务器上，邮件会留在这里。
mailbox-to = 收件人：{ $address }
mailbox-empty = 还没有邮件。申请设置新密码后，就会收到一封。
