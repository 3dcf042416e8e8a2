complete -c thalweg -a '(thalweg __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
