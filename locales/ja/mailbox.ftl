mailbox-title = メールボックス
mailbox-lead = 送信されるはずだったメールです。この開発サーバーでは、メールはここに残ります。
mailbox-to = 宛先: { $address }
mailbox-empty = メールはまだありません。パスワードの再設定を申請すると、ここに届きます。
