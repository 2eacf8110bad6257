account-appearance = 言語とテーマ
appearance-lead = このサービスのページの表示方法です。ログインするすべてのブラウザに適用されます。
appearance-language = 言語
appearance-language-browser = ブラウザの設定に合わせる
appearance-language-hint = お送りするメールもこの言語になります。アプリには、代わりにプロフィールの言語が提供されます。
appearance-theme = テーマ
appearance-stale = その間に、アカウントが別の場所で変更されました。まだ何も保存されていません。選択した内容にするには、もう一度保存してください。
theme-system = デバイスに合わせる
theme-light = ライト
theme-dark = ダーク

foot-choose = 言語とテーマ
foot-apply = 適用
foot-links = このサービスについて
foot-privacy = プライバシー
foot-terms = 利用規約
foot-support = ヘルプ
foot-imprint = 運営者情報
