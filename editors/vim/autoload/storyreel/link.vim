" The way to a running `storyreel watch`: a private socket with one JSON object a line each way. docs/watch.md describes it.

let s:channel = v:null
let s:path = ''
let s:line = 0
let s:pending = ''

" Where the watch of a script listens.
function! storyreel#link#path(script) abort
  let l:folder = !empty($XDG_RUNTIME_DIR) ? $XDG_RUNTIME_DIR : !empty($TMPDIR) ? $TMPDIR : '/tmp'
  if !exists('s:uid')
    let s:uid = trim(system('id -u'))
  endif
  let l:hash = sha256(resolve(fnamemodify(a:script, ':p')))[:15]
  return substitute(l:folder, '/$', '', '') . '/storyreel-' . s:uid . '/' . l:hash . '.sock'
endfunction

" Tells the watch, if one runs, where the cursor is.
function! storyreel#link#cursor(line) abort
  if s:line == a:line && s:is_open()
    return
  endif
  if s:connect(expand('%:p'))
    let s:line = a:line
    call s:send({'cursor': {'line': a:line}})
  endif
endfunction

function! storyreel#link#close() abort
  if s:is_open()
    if has('nvim')
      call chanclose(s:channel)
    else
      call ch_close(s:channel)
    endif
  endif
  let s:channel = v:null
endfunction

function! s:is_open() abort
  if s:channel is v:null
    return 0
  endif
  return has('nvim') ? s:channel > 0 : ch_status(s:channel) ==# 'open'
endfunction

function! s:connect(script) abort
  let l:path = storyreel#link#path(a:script)
  if s:is_open() && s:path ==# l:path
    return 1
  endif
  call storyreel#link#close()
  if getftype(l:path) !=# 'socket'
    return 0
  endif
  let s:path = l:path
  let s:line = 0
  let s:pending = ''
  try
    if has('nvim')
      let s:channel = sockconnect('pipe', l:path, {'on_data': function('s:on_data')})
    else
      let s:channel = ch_open('unix:' . l:path, {'mode': 'nl', 'callback': {_, text -> s:hear(text)}})
    endif
  catch
    let s:channel = v:null
  endtry
  return s:is_open()
endfunction

function! s:send(message) abort
  let l:text = json_encode(a:message) . "\n"
  try
    if has('nvim')
      call chansend(s:channel, l:text)
    else
      call ch_sendraw(s:channel, l:text)
    endif
  catch
    let s:channel = v:null
  endtry
endfunction

" Neovim gives pieces: the first goes on from what came before, the last may be the start of more.
function! s:on_data(channel, data, event) abort
  if a:data ==# ['']
    let s:channel = v:null
    return
  endif
  let s:pending .= a:data[0]
  for l:piece in a:data[1:]
    call s:hear(s:pending)
    let s:pending = l:piece
  endfor
endfunction

" {"jump": {"file": path, "line": n}}: the reader clicked on a shot.
function! s:hear(text) abort
  try
    let l:jump = json_decode(a:text).jump
  catch
    return
  endtry
  execute 'drop' fnameescape(l:jump.file)
  call cursor(l:jump.line, 1)
  normal! zvzz
  redraw
endfunction
