mailbox-title = Buzón
mailbox-lead = Lo que se habría enviado. En este servidor de desarrollo, los mensajes se quedan aquí.
mailbox-to = Para { $address }
mailbox-empty = Todavía no hay mensajes. Pide una contraseña nueva y llegará uno.
