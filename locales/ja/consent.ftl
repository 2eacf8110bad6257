consent-title = { $application } にアカウントの利用を許可しますか？
consent-switch = ご本人ではない場合
consent-asks = { $application } に許可される操作
consent-asks-more = すでに一部の操作を許可しています。今回の要求は次のとおりです
consent-new = 新規
consent-sensitive = 重要
consent-offline = 不在時にもアクセスを維持
consent-offline-days = { $days ->
       *[other] 許可を取り消すか、利用のない状態が { $days } 日続くまで
    }
consent-allow = 許可する
consent-deny = 許可しない

scope-openid = 本人であることの確認
scope-openid-detail = アカウントの識別子
scope-profile = プロフィールの参照
scope-profile-detail = 氏名、写真、言語、タイムゾーンなど
scope-account = このサービスのアカウントの参照と変更
scope-account-detail = プロフィール、パスワード、セッション、連携アプリ、アクティビティなど、保持されているすべての情報
scope-email = メールアドレスの参照
scope-phone = 電話番号の参照
scope-address = 住所の参照
scope-other = お客様に代わる「{ $scope }」の利用
