mail-greeting = Bonjour { $name },
mail-greeting-nobody = Bonjour,
mail-signature = Ce message a été envoyé automatiquement par { $product }. Personne ne lit les réponses.
mail-code-note = Saisissez ce code là où il vous a été demandé. Il est valable 10 minutes :
mail-link-note = Ou ouvrez ce lien, dans n’importe quel navigateur. Il est valable une heure et ne sert qu’une fois :

mail-recovery-subject = Nouveau mot de passe pour { $product }
mail-recovery-lead = Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte { $product }.
mail-recovery-link = Définir un nouveau mot de passe
mail-recovery-warning = Si ce n’était pas vous, il n’y a rien à faire : votre mot de passe reste le même. Ne donnez ce code à personne, même si on vous le demande.

mail-reset-subject = Mot de passe { $product } modifié
mail-reset-lead = Le mot de passe de votre compte { $product } vient d’être redéfini à l’aide d’un code ou d’un lien envoyé à cette adresse. Les autres appareils ont été déconnectés.
mail-reset-link = Définir un autre mot de passe
mail-reset-warning = Si ce n’était pas vous, définissez immédiatement un autre mot de passe et vérifiez qui peut lire cette boîte de réception.

mail-signup-subject = Confirmez votre adresse pour { $product }
mail-signup-lead = Quelqu’un, sans doute vous, souhaite créer un compte { $product } avec cette adresse.
mail-signup-link = Confirmer et continuer
mail-signup-warning = Si ce n’était pas vous, il n’y a rien à faire : aucun compte n’est créé sans ce code ou ce lien.

mail-registered-subject = Vous avez déjà un compte { $product }
mail-registered-lead = Quelqu’un, sans doute vous, a voulu créer un compte { $product } avec cette adresse. Il en existe déjà un, avec lequel vous pouvez vous connecter.
mail-registered-link = Se connecter
mail-registered-warning = Si vous ne connaissez plus le mot de passe, choisissez-y « Mot de passe oublié ? ». Si ce n’était pas vous, il n’y a rien à faire.

mail-invitation-subject = Votre compte { $product }
mail-invitation-lead = Nous vous invitons à créer un compte { $product } avec cette adresse.
mail-invitation-link = Créer votre compte
mail-invitation-note = Ouvrez ce lien pour choisir un nom et un mot de passe. Il est valable sept jours et ne sert qu’une fois :
mail-invitation-warning = Si vous ne savez pas pourquoi vous recevez ce message, il n’y a rien à faire.

mail-device-subject = Nouvelle connexion à { $product }
mail-device-lead = Votre compte vient de servir à une connexion depuis un navigateur que nous n’avions encore jamais vu : { $device }, depuis le réseau { $network }.
mail-device-link = Définir un nouveau mot de passe
mail-device-warning = Si c’était vous, il n’y a rien à faire. Sinon, définissez immédiatement un nouveau mot de passe : cela déconnecte tous les appareils.

mail-change-password = Votre mot de passe { $product } a été modifié
mail-change-address = Les adresses de votre compte { $product }
mail-change-factors = Sécurité de votre compte { $product }
mail-change-password-changed = Le mot de passe de votre compte a été modifié. Les autres appareils ont été déconnectés.
mail-change-password-removed = Le mot de passe de votre compte a été retiré. Vos autres moyens de connexion restent en place.
mail-change-authenticator-added = Une application d’authentification a été ajoutée à votre compte. Désormais, son code est demandé à la connexion.
mail-change-authenticator-removed = L’application d’authentification de votre compte a été retirée, et avec elle les codes de secours. Aucun code n’est plus demandé à la connexion.
mail-change-passkey-added = La clé d’accès { $name } a été ajoutée à votre compte.
mail-change-passkey-removed = La clé d’accès { $name } a été retirée de votre compte.
mail-change-recovery-codes = De nouveaux codes de secours ont été créés pour votre compte. Les anciens ne sont plus valables.
mail-change-address-added = L’adresse { $address } a été ajoutée à votre compte.
mail-change-address-removed = L’adresse { $address } a été retirée de votre compte.
mail-change-address-changed = L’adresse principale de votre compte a été modifiée : { $from } a été remplacée par { $to }.
mail-change-factors-reset = Les responsables ont retiré de votre compte l’application d’authentification et les codes de secours, comme cela se fait pour les personnes qui les ont perdus.
mail-change-when = Quand : { $time }
mail-change-from = Depuis : { $device }, réseau { $network }
mail-change-by-operator = Par : les responsables
mail-change-recover = Définir un nouveau mot de passe
mail-change-recover-warning = Si c’était vous, il n’y a rien à faire. Sinon, définissez immédiatement un nouveau mot de passe : cela déconnecte tous les appareils. Regardez ensuite sur la page « Connexion et sécurité » de votre compte ce qui a été modifié d’autre.
mail-change-review = Voir vos sessions
mail-change-review-warning = Si c’était vous, il n’y a rien à faire. Sinon, déconnectez chaque appareil qui n’est pas à vous, et regardez sur la page « Connexion et sécurité » de votre compte ce qui a été modifié d’autre.
mail-change-undo = Annuler la modification
mail-change-undo-warning = Si c’était vous, il n’y a rien à faire. Sinon, annulez la modification et définissez un nouveau mot de passe : le lien est valable trois jours.

mail-address-subject = Confirmez votre adresse pour { $product }
mail-address-lead = Quelqu’un, sans doute vous, souhaite ajouter cette adresse à un compte { $product }.
mail-address-link = Confirmer cette adresse
mail-address-note = Ou ouvrez ce lien dans un navigateur où votre session est ouverte. Il est valable une heure et ne sert qu’une fois :
mail-address-warning = Si ce n’était pas vous, il n’y a rien à faire : l’adresse n’est pas ajoutée sans ce code ou ce lien.

mail-sign-in-subject = Votre code pour { $product }
mail-sign-in-lead = Quelqu’un, sans doute vous, souhaite se connecter à votre compte { $product }.
mail-sign-in-link = Se connecter
mail-sign-in-note = Ou ouvrez ce lien dans le navigateur où vous avez commencé. Il est valable 10 minutes et ne sert qu’une fois :
mail-sign-in-warning = Si ce n’était pas vous, il n’y a rien à faire : personne ne se connecte sans ce code. Ne le donnez à personne, même si on vous le demande.
