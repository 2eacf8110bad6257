mail-greeting = Olá, { $name },
mail-greeting-nobody = Olá,
mail-signature = Esta mensagem foi enviada automaticamente por { $product }. Ninguém lê as respostas.
mail-code-note = Digite este código onde ele foi pedido. Ele vale por 10 minutos:
mail-link-note = Ou abra este link, em qualquer navegador. Ele vale por uma hora e só funciona uma vez:

mail-recovery-subject = Nova senha para { $product }
mail-recovery-lead = Alguém, provavelmente você, pediu uma nova senha para sua conta { $product }.
mail-recovery-link = Definir uma nova senha
mail-recovery-warning = Se não foi você, não é preciso fazer nada: sua senha continua a mesma. Não passe este código a ninguém, não importa quem peça.

mail-reset-subject = Senha da conta { $product } alterada
mail-reset-lead = A senha da sua conta { $product } acabou de ser redefinida com um código ou link enviado a este endereço. As sessões em outros dispositivos foram encerradas.
mail-reset-link = Definir outra senha
mail-reset-warning = Se não foi você, defina outra senha imediatamente e verifique quem pode ler esta caixa de entrada.

mail-signup-subject = Confirme seu endereço para { $product }
mail-signup-lead = Alguém, provavelmente você, quer criar uma conta { $product } com este endereço.
mail-signup-link = Confirmar e continuar
mail-signup-warning = Se não foi você, não é preciso fazer nada: nenhuma conta é criada sem este código ou link.

mail-registered-subject = Você já tem uma conta { $product }
mail-registered-lead = Alguém, provavelmente você, quis criar uma conta { $product } com este endereço. Já existe uma, e você pode entrar com ela.
mail-registered-link = Entrar
mail-registered-warning = Se você não sabe mais a senha, escolha “Esqueceu sua senha?” na página. Se não foi você, não é preciso fazer nada.

mail-invitation-subject = Sua conta { $product }
mail-invitation-lead = Este é um convite para você criar uma conta { $product } com este endereço.
mail-invitation-link = Criar sua conta
mail-invitation-note = Abra este link para escolher um nome e uma senha. Ele vale por sete dias e só funciona uma vez:
mail-invitation-warning = Se você não sabe por que recebeu esta mensagem, não é preciso fazer nada.

mail-device-subject = Novo login em { $product }
mail-device-lead = Sua conta acabou de ser usada para entrar em um navegador que ainda não conhecíamos: { $device }, na rede { $network }.
mail-device-link = Definir uma nova senha
mail-device-warning = Se foi você, não é preciso fazer nada. Se não foi, defina uma nova senha imediatamente: isso encerra as sessões em todos os dispositivos.

mail-change-password = Sua senha da conta { $product } foi alterada
mail-change-address = Os endereços da sua conta { $product }
mail-change-factors = Segurança da sua conta { $product }
mail-change-password-changed = A senha da sua conta foi alterada. As sessões em outros dispositivos foram encerradas.
mail-change-password-removed = A senha da sua conta foi removida. Suas outras formas de entrar continuam valendo.
mail-change-authenticator-added = Um app autenticador foi adicionado à sua conta. A partir de agora, o código dele é pedido no login.
mail-change-authenticator-removed = O app autenticador da sua conta foi removido e, com ele, os códigos de recuperação. Nenhum código é mais pedido no login.
mail-change-passkey-added = A chave de acesso { $name } foi adicionada à sua conta.
mail-change-passkey-removed = A chave de acesso { $name } foi removida da sua conta.
mail-change-recovery-codes = Novos códigos de recuperação foram criados para sua conta. Os anteriores não valem mais.
mail-change-address-added = O endereço { $address } foi adicionado à sua conta.
mail-change-address-removed = O endereço { $address } foi removido da sua conta.
mail-change-address-changed = O endereço principal da sua conta foi alterado de { $from } para { $to }.
mail-change-factors-reset = Os responsáveis pelo serviço removeram da sua conta o app autenticador e os códigos de recuperação, como se faz para quem os perdeu.
mail-change-when = Quando: { $time }
mail-change-from = Origem: { $device }, rede { $network }
mail-change-by-operator = Por: responsáveis pelo serviço
mail-change-recover = Definir uma nova senha
mail-change-recover-warning = Se foi você, não é preciso fazer nada. Se não foi, defina uma nova senha imediatamente: isso encerra as sessões em todos os dispositivos. Depois, confira na página “Login e segurança” da sua conta o que mais foi alterado.
mail-change-review = Ver suas sessões
mail-change-review-warning = Se foi você, não é preciso fazer nada. Se não foi, encerre a sessão de todos os dispositivos que não são seus e confira na página “Login e segurança” da sua conta o que mais foi alterado.
mail-change-undo = Desfazer a alteração
mail-change-undo-warning = Se foi você, não é preciso fazer nada. Se não foi, desfaça a alteração e defina uma nova senha: o link vale por três dias.

mail-address-subject = Confirme seu endereço para { $product }
mail-address-lead = Alguém, provavelmente você, quer adicionar este endereço a uma conta { $product }.
mail-address-link = Confirmar este endereço
mail-address-note = Ou abra este link em um navegador em que você já entrou na sua conta. Ele vale por uma hora e só funciona uma vez:
mail-address-warning = Se não foi você, não é preciso fazer nada: o endereço não é adicionado sem este código ou link.

mail-sign-in-subject = Seu código para { $product }
mail-sign-in-lead = Alguém, provavelmente você, quer entrar na sua conta { $product }.
mail-sign-in-link = Entrar
mail-sign-in-note = Ou abra este link no navegador em que você começou. Ele vale por 10 minutos e só funciona uma vez:
mail-sign-in-warning = Se não foi você, não é preciso fazer nada: ninguém entra sem este código. Não o passe a ninguém, não importa quem peça.
