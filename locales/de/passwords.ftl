password-common = Dieses Passwort gehört zu denen, die als Erstes ausprobiert werden: Es ist verbreitet oder stand in einem Datenleck. Wählen Sie ein anderes.
password-guessable = Ein Programm würde dieses Passwort bald erraten. Machen Sie es länger, mit ein paar Wörtern, die nichts miteinander zu tun haben.
