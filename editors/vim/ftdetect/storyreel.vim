" Scripts of storyreel: by name, or by a modeline (# vim: ft=storyreel).
autocmd BufRead,BufNewFile *.reel.yaml,*.reel.yml set filetype=storyreel
