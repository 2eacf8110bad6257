form-post-title = Un momento
form-post-lead = Te llevamos de vuelta a { $host }.
form-post-continue = Continuar
