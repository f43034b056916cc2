" The program: g:storyreel_command, else the one of the project that the script lies in, else the one on the PATH.
function! storyreel#program() abort
  if exists('g:storyreel_command')
    return g:storyreel_command
  endif
  let l:local = findfile('node_modules/.bin/storyreel', expand('%:p:h') . ';')
  return l:local ==# '' ? 'storyreel' : fnamemodify(l:local, ':p')
endfunction

function! storyreel#command(arguments) abort
  return split(storyreel#program()) + a:arguments
endfunction

" Starts `storyreel watch` in a terminal below, where its keys work; the cursor stays in the script.
function! storyreel#watch(arguments) abort
  silent update
  let l:command = storyreel#command(['watch', expand('%:p')] + split(a:arguments))
  let l:window = win_getid()
  if has('nvim')
    botright 10split
    enew
    let l:job = termopen(l:command)
    let l:terminal = bufnr()
  else
    let l:terminal = term_start(l:command, {'term_name': 'storyreel watch', 'term_rows': 10, 'curwin': 0})
    let l:job = term_getjob(l:terminal)
    wincmd J
    resize 10
  endif
  call win_gotoid(l:window)
  let b:storyreel_watch = {'job': l:job, 'terminal': l:terminal}
endfunction

" Ends the watch that :StoryreelWatch started here.
function! storyreel#stop() abort
  if !exists('b:storyreel_watch')
    return
  endif
  let l:watch = remove(b:, 'storyreel_watch')
  call storyreel#link#close()
  call storyreel#job#stop(l:watch.job)
  if bufexists(l:watch.terminal)
    execute 'silent! bwipeout!' l:watch.terminal
  endif
endfunction

" Renders the shot on a line to a film beside the script, and says where it is. Faults go to the quickfix list.
function! storyreel#shot(line, arguments) abort
  let [l:first, l:_] = storyreel#move#shot_lines(a:line)
  if l:first == 0
    return s:complain('there is no shot here')
  endif
  silent update
  let l:script = expand('%:p')
  let l:film = fnamemodify(l:script, ':r') . '.line-' . l:first . '.mp4'
  let l:flags = ['--line', l:first, '-o', l:film, '--progress', 'none'] + split(a:arguments)
  echo 'storyreel: rendering the shot on line ' . l:first
  call storyreel#job#start(storyreel#command(['render', l:script] + l:flags), function('s:rendered', [l:film]))
endfunction

function! s:rendered(film, code, out, err) abort
  if a:code == 0
    call setqflist([], 'r', {'title': 'storyreel', 'items': []})
    echo a:film
    silent doautocmd User StoryreelShot
    return
  endif
  call s:to_quickfix(a:err)
  call s:complain(get(a:err, -1, 'storyreel ended with ' . a:code))
  silent doautocmd User StoryreelShot
endfunction

function! s:to_quickfix(lines) abort
  let l:format = '%f:%l:%c: %trror: %m,%f:%l:%c: %tarning: %m,%f:%l:%c: %tnfo: %m,%-G%.%#'
  call setqflist([], 'r', {'title': 'storyreel', 'lines': a:lines, 'efm': l:format})
endfunction

function! s:complain(text) abort
  echohl ErrorMsg
  echomsg 'storyreel: ' . substitute(a:text, '^storyreel: ', '', '')
  echohl None
endfunction
