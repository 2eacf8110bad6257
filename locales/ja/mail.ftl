mail-greeting = { $name } 様
mail-greeting-nobody = ご利用者様
mail-signature = このメールは { $product } から自動で送信されています。ご返信いただいてもお答えできません。
mail-code-note = コードの入力画面に、次の確認コードを入力してください（10 分間有効）。
mail-link-note = または、次のリンクを開いてください。どのブラウザでもかまいません（1 時間有効、1 回限り）。

mail-recovery-subject = { $product } のパスワード再設定
mail-recovery-lead = { $product } アカウントのパスワード再設定が申請されました。
mail-recovery-link = パスワードを再設定
mail-recovery-warning = お心当たりがない場合は、何もする必要はありません。パスワードは変更されません。このコードは、誰から求められても教えないでください。

mail-reset-subject = { $product } のパスワードが変更されました
mail-reset-lead = このメールアドレスに送信されたコードまたはリンクにより、{ $product } アカウントのパスワードが再設定されました。ほかのデバイスからはログアウトしました。
mail-reset-link = パスワードを再設定
mail-reset-warning = お心当たりがない場合は、すぐに別のパスワードを設定し、このメールを読める人がほかにいないか確認してください。

mail-signup-subject = { $product } のメールアドレスの確認
mail-signup-lead = このメールアドレスで { $product } アカウントの作成が申請されました。
mail-signup-link = 確認して続ける
mail-signup-warning = お心当たりがない場合は、何もする必要はありません。このコードまたはリンクを使わない限り、アカウントは作成されません。

mail-registered-subject = { $product } アカウントはすでにあります
mail-registered-lead = このメールアドレスで { $product } アカウントの作成が申請されましたが、アカウントはすでに存在します。そのアカウントでログインできます。
mail-registered-link = ログイン
mail-registered-warning = パスワードがわからない場合は、ログイン画面で「パスワードをお忘れですか？」を選択してください。お心当たりがない場合は、何もする必要はありません。

mail-invitation-subject = { $product } アカウントへのご招待
mail-invitation-lead = このメールアドレスで { $product } アカウントを作成するよう、招待されています。
mail-invitation-link = アカウントを作成
mail-invitation-note = 次のリンクを開き、名前とパスワードを設定してください（7 日間有効、1 回限り）。
mail-invitation-warning = お心当たりがない場合は、何もする必要はありません。

mail-device-subject = { $product } への新しいログイン
mail-device-lead = これまでに使われたことのないブラウザから、アカウントへのログインがありました。デバイス: { $device }、ネットワーク: { $network }
mail-device-link = パスワードを再設定
mail-device-warning = ご自身によるログインの場合は、何もする必要はありません。お心当たりがない場合は、すぐにパスワードを再設定してください。すべてのデバイスからログアウトします。

mail-change-password = { $product } のパスワードが変更されました
mail-change-address = { $product } アカウントのメールアドレスについて
mail-change-factors = { $product } アカウントのセキュリティについて
mail-change-password-changed = アカウントのパスワードが変更されました。ほかのデバイスからはログアウトしました。
mail-change-password-removed = アカウントのパスワードが削除されました。ほかのログイン方法は引き続き使えます。
mail-change-authenticator-added = アカウントに認証アプリが追加されました。今後は、ログイン時に認証アプリの確認コードが必要です。
mail-change-authenticator-removed = アカウントの認証アプリと、リカバリーコードが削除されました。今後は、ログイン時に確認コードは不要です。
mail-change-passkey-added = アカウントにパスキー「{ $name }」が追加されました。
mail-change-passkey-removed = アカウントからパスキー「{ $name }」が削除されました。
mail-change-recovery-codes = アカウントのリカバリーコードが新しく作成されました。以前のコードは使えなくなりました。
mail-change-address-added = アカウントにメールアドレス { $address } が追加されました。
mail-change-address-removed = アカウントからメールアドレス { $address } が削除されました。
mail-change-address-changed = アカウントのメインのメールアドレスが { $from } から { $to } に変更されました。
mail-change-factors-reset = 運営者が、アカウントの認証アプリとリカバリーコードを解除しました。これらをなくした方のために行われる操作です。
mail-change-when = 日時: { $time }
mail-change-from = デバイス: { $device }、ネットワーク: { $network }
mail-change-by-operator = 操作: 運営者
mail-change-recover = パスワードを再設定
mail-change-recover-warning = ご自身による操作の場合は、何もする必要はありません。お心当たりがない場合は、すぐにパスワードを再設定してください。すべてのデバイスからログアウトします。その後、アカウントの「ログインとセキュリティ」のページで、ほかに変更されたものがないか確認してください。
mail-change-review = セッションを確認
mail-change-review-warning = ご自身による操作の場合は、何もする必要はありません。お心当たりがない場合は、ご自身のものではないデバイスをすべてログアウトし、アカウントの「ログインとセキュリティ」のページで、ほかに変更されたものがないか確認してください。
mail-change-undo = 変更を元に戻す
mail-change-undo-warning = ご自身による操作の場合は、何もする必要はありません。お心当たりがない場合は、変更を元に戻し、パスワードを再設定してください。リンクは 3 日間有効です。

mail-address-subject = { $product } のメールアドレスの確認
mail-address-lead = このメールアドレスを { $product } アカウントに追加することが申請されました。
mail-address-link = メールアドレスを確認
mail-address-note = または、ログイン中のブラウザで次のリンクを開いてください（1 時間有効、1 回限り）。
mail-address-warning = お心当たりがない場合は、何もする必要はありません。このコードまたはリンクを使わない限り、メールアドレスは追加されません。

mail-sign-in-subject = { $product } の確認コード
mail-sign-in-lead = { $product } アカウントへのログインが申請されました。
mail-sign-in-link = ログイン
mail-sign-in-note = または、ログインを始めたブラウザで次のリンクを開いてください（10 分間有効、1 回限り）。
mail-sign-in-warning = お心当たりがない場合は、何もする必要はありません。このコードがなければ、誰もログインできません。このコードは、誰から求められても教えないでください。
