if exists('b:did_ftplugin')
  finish
endif
runtime! ftplugin/yaml.vim
let b:did_ftplugin = 1

setlocal expandtab shiftwidth=2 softtabstop=2 commentstring=#\ %s
setlocal omnifunc=storyreel#complete#omni
compiler storyreel

command! -buffer -nargs=* StoryreelWatch call storyreel#watch(<q-args>)
command! -buffer StoryreelStop call storyreel#stop()
command! -buffer -nargs=* StoryreelShot call storyreel#shot(line('.'), <q-args>)

nnoremap <silent> <buffer> ]] <Cmd>call storyreel#move#scene(1, v:count1)<CR>
nnoremap <silent> <buffer> [[ <Cmd>call storyreel#move#scene(-1, v:count1)<CR>
xnoremap <silent> <buffer> ]] <Cmd>call storyreel#move#scene(1, v:count1)<CR>
xnoremap <silent> <buffer> [[ <Cmd>call storyreel#move#scene(-1, v:count1)<CR>
xnoremap <silent> <buffer> is <Cmd>call storyreel#move#select_shot(0)<CR>
xnoremap <silent> <buffer> as <Cmd>call storyreel#move#select_shot(1)<CR>
onoremap <silent> <buffer> is <Cmd>call storyreel#move#select_shot(0)<CR>
onoremap <silent> <buffer> as <Cmd>call storyreel#move#select_shot(1)<CR>

augroup storyreel
  autocmd! * <buffer>
  autocmd CursorMoved,CursorMovedI,BufEnter <buffer> call storyreel#link#cursor(line('.'))
augroup END

let b:undo_ftplugin = get(b:, 'undo_ftplugin', 'execute')
  \ . ' | setlocal expandtab< shiftwidth< softtabstop< commentstring< omnifunc< makeprg< errorformat<'
  \ . ' | delcommand -buffer StoryreelWatch | delcommand -buffer StoryreelStop | delcommand -buffer StoryreelShot'
  \ . ' | silent! execute "nunmap <buffer> ]]" | silent! execute "nunmap <buffer> [["'
