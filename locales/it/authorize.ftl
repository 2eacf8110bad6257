form-post-title = Un momento
form-post-lead = Ti stiamo riportando a { $host }.
form-post-continue = Continua
