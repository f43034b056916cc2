" A process in the background, the same for vim and Neovim.

" Starts a command (a list). on_exit is called with the exit code and with what was said on stdout and stderr.
function! storyreel#job#start(command, on_exit) abort
  let l:state = {'out': [], 'err': [], 'on_exit': a:on_exit}
  if has('nvim')
    return jobstart(a:command, {
      \ 'stdout_buffered': v:true,
      \ 'stderr_buffered': v:true,
      \ 'on_stdout': {_, lines, __ -> extend(l:state.out, filter(lines, 'v:val !=# ""'))},
      \ 'on_stderr': {_, lines, __ -> extend(l:state.err, filter(lines, 'v:val !=# ""'))},
      \ 'on_exit': {_, code, __ -> l:state.on_exit(code, l:state.out, l:state.err)},
      \ })
  endif
  " The exit may be told before the last lines are read; both must have come.
  let l:state.code = -1
  let l:state.is_closed = 0
  return job_start(a:command, {
    \ 'in_io': 'null',
    \ 'out_cb': {_, text -> add(l:state.out, text)},
    \ 'err_cb': {_, text -> add(l:state.err, text)},
    \ 'close_cb': {_ -> s:closed(l:state)},
    \ 'exit_cb': {_, code -> s:exited(l:state, code)},
    \ })
endfunction

function! s:closed(state) abort
  let a:state.is_closed = 1
  call s:finish(a:state)
endfunction

function! s:exited(state, code) abort
  let a:state.code = a:code
  call s:finish(a:state)
endfunction

function! s:finish(state) abort
  if a:state.is_closed && a:state.code >= 0
    call a:state.on_exit(a:state.code, a:state.out, a:state.err)
  endif
endfunction

function! storyreel#job#stop(job) abort
  if has('nvim')
    call jobstop(a:job)
  else
    call job_stop(a:job)
  endif
endfunction
