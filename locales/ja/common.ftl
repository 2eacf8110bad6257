title-problem = エラー:
copy = コピー
copied = コピーしました
application-host = { $host } に戻ります
application-unverified = このアプリは、アプリ自身によって登録されました。名前とリンクは確認されていません。
application-policy = { $application } のプライバシーポリシー
application-terms = 利用規約
