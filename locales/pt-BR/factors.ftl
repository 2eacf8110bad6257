code-title = Digite seu código
code-lead = Abra seu app autenticador e digite o código que ele mostra para esta conta.
code-app-label = Código
code-recovery-title = Usar um código de recuperação
code-recovery-lead = Digite um dos códigos que você guardou. Cada um funciona uma única vez.
code-recovery-label = Código de recuperação
code-remember = Não perguntar de novo neste navegador por 30 dias
code-submit = Continuar
code-waiting = Verificando…
code-use-recovery = Usar um código de recuperação
code-use-authenticator = Usar o app autenticador
code-empty = Digite um código.
code-wrong = Esse código não está certo ou já foi usado. Aguarde o próximo e tente novamente.
code-recovery-wrong = Esse código de recuperação não está certo ou já foi usado.
authenticator-title = App autenticador
authenticator-lead = Um app no seu celular mostra um novo código a cada 30 segundos. Você digita um deles sempre que entra, depois da senha.
authenticator-picture = Código QR para seu app autenticador
authenticator-scan = Escaneie com seu app
authenticator-type = Não consegue escanear? Digite esta chave no app:
authenticator-code = Código que o app mostra
authenticator-name = Nome
authenticator-default-name = App autenticador
authenticator-submit = Ativar
authenticator-wrong = Esse código não está certo. Verifique se a hora do seu celular é ajustada automaticamente e tente o próximo código.
authenticator-on = Um código é pedido sempre que você entra.
authenticator-changed = Sua alteração foi salva.
authenticator-since = Adicionado em
authenticator-used = último uso em
authenticator-rename = Salvar nome
authenticator-remove = Remover
authenticator-remove-lead = Sem ele, basta sua senha para entrar. Seus códigos de recuperação deixam de funcionar, e as sessões em outros navegadores são encerradas.
codes-title = Códigos de recuperação
codes-lead = Guarde-os agora: eles não serão mostrados de novo. Se você perder o celular, cada um deles permite entrar uma vez.
codes-left = { $count ->
    [one] Resta { $count } código.
    [many] Restam { $count } de códigos.
   *[other] Restam { $count } códigos.
  } Com um código você entra se perder o celular. Novos códigos substituem os antigos.
codes-new = Mostrar novos códigos
codes-copy = Copiar todos
codes-saved = Já guardei
remembered-title = Navegadores que não precisam de código
remembered-none = Nenhum. Você pode escolher isso ao digitar um código.
remembered-lead = Nestes navegadores, só a sua senha é pedida.
remembered-until = Até
remembered-forget = Perguntar de novo
authenticator-off = Não configurado. Ele protege sua conta se sua senha for roubada.
authenticator-set-up = Configurar
