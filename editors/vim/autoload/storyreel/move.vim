" Scenes and shots by indentation: quick, and right while the script is broken.

let s:scene = '^\s*-\s\+\%(scene\|place\)\s*:'

" To the next (or with -1 the previous) scene, or to the end (start) of the script.
function! storyreel#move#scene(direction, count) abort
  normal! m'
  for l:_ in range(a:count)
    let l:found = search(s:scene, a:direction > 0 ? 'W' : 'bW')
    if l:found == 0
      execute a:direction > 0 ? 'normal! G' : 'normal! gg'
      return
    endif
  endfor
endfunction

" First and last line of the shot that a line belongs to; [0, 0] when there is none.
function! storyreel#move#shot_lines(line) abort
  let l:first = 0
  let l:indent = -1
  let l:limit = 9999
  for l:n in range(a:line, 1, -1)
    let l:text = getline(l:n)
    if l:text =~# '^\s*\%(#.*\)\?$'
      continue
    endif
    if l:text =~# '^\s*-\s' && indent(l:n) < l:limit
      let l:limit = indent(l:n)
      if s:is_shot(l:n)
        let l:first = l:n
        let l:indent = indent(l:n)
        break
      endif
    elseif indent(l:n) < l:limit
      let l:limit = indent(l:n) + 1
    endif
  endfor
  if l:first == 0
    return [0, 0]
  endif
  let l:last = l:first
  for l:n in range(l:first + 1, line('$'))
    let l:text = getline(l:n)
    if l:text =~# '^\s*\%(#.*\)\?$'
      continue
    endif
    if indent(l:n) <= l:indent
      break
    endif
    let l:last = l:n
  endfor
  return a:line > l:last && getline(a:line) !~# '^\s*$' ? [0, 0] : [l:first, l:last]
endfunction

" An item of a list below `shots:`, or of a script that is one list.
function! s:is_shot(line) abort
  let l:indent = indent(a:line)
  for l:n in range(a:line - 1, 1, -1)
    let l:text = getline(l:n)
    if l:text =~# '^\s*\%(#.*\)\?$' || indent(l:n) > l:indent
      continue
    endif
    if l:text =~# '^\s*-\s'
      if indent(l:n) == l:indent
        continue
      endif
      " - shots: on the line of its scene's dash
      return l:text =~# '^\s*-\s\+shots\s*:'
    endif
    return l:text =~# '^\s*shots\s*:'
  endfor
  return getline(a:line) !~# '^\s*-\s\+\%(scene\|place\)\s*:'
endfunction

" Text objects: the shot under the cursor, with the blank lines behind it for `as`.
function! storyreel#move#select_shot(around) abort
  let [l:first, l:last] = storyreel#move#shot_lines(line('.'))
  if l:first == 0
    return
  endif
  while a:around && l:last < line('$') && getline(l:last + 1) =~# '^\s*$'
    let l:last += 1
  endwhile
  execute 'normal! ' . (mode() =~# "[vV\<C-v>]" ? "\<Esc>" : '') . l:first . 'GV' . l:last . 'G'
endfunction
