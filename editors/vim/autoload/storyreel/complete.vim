" Completion without a language server: keys by place, names of the cast with ages and outfits, values of a few keys.

let s:film = ['title', 'size', 'fps', 'seed', 'style', 'negative', 'model', 'scheduler', 'steps', 'guidance', 'interpolation', 'depth', 'subtitles', 'motion', 'fit', 'look', 'lora', 'embedding', 'music', 'sound', 'voice', 'lips', 'include', 'cast', 'places', 'defaults', 'scenes', 'shots']
let s:settings = ['duration', 'camera', 'transition', 'seed', 'steps', 'guidance', 'scheduler', 'model', 'negative', 'style', 'keyframes', 'motion', 'fit', 'look', 'lora', 'embedding', 'music', 'sound', 'voice', 'lips']
let s:scene = ['scene', 'place', 'time', 'weather', 'year', 'shots']
let s:shot = ['prompt', 'walk', 'image', 'strength', 'card', 'id', 'caption', 'say']
let s:camera = ['zoom', 'pan', 'tilt', 'roll', 'ease', 'shake', 'parallax', 'framing']
let s:cue = ['file', 'volume', 'start', 'from', 'duration', 'fade in', 'fade out', 'loop']
let s:member = ['looks', 'born', 'outfits', 'voice', 'seed', 'reference', 'model', 'lora', 'embedding']
let s:values = {
  \ 'camera': ['hold', 'push in', 'pull out', 'pan left', 'pan right', 'tilt up', 'tilt down', 'roll left', 'roll right', 'shake', 'push in, pan left', 'push in, parallax', 'close-up, push in'],
  \ 'framing': ['extreme close-up', 'close-up', 'medium shot', 'wide shot', 'establishing shot'],
  \ 'ease': ['linear', 'in', 'out', 'in-out'],
  \ 'transition': ['cut', 'dissolve 1s', 'fade black 1s', 'fade white 1s', 'wipe left 1s', 'slide left 1s', 'iris in 1s', 'whip pan right 0.5s', 'match cut 0.5s', 'morph 0.5s'],
  \ 'motion': ['hold', 'dissolve', 'morph', 'cut'],
  \ 'fit': ['crop', 'letterbox'],
  \ 'look': ['sepia', 'black-and-white', 'faded', 'dream', 'none'],
  \ 'scheduler': ['ddim', 'pndm', 'euler', 'euler-ancestral', 'heun', 'dpmpp-2m', 'dpmpp-2m-sde', 'dpmpp-sde', 'unipc', 'lcm'],
  \ 'sound': ['rain', 'wind', 'sea', 'fire', 'night', 'birds'],
  \ 'voice': ['man', 'woman', 'boy', 'girl', 'child', 'old', 'low', 'high', 'slow', 'fast'],
  \ 'subtitles': ['soft', 'burn', 'none'],
  \ 'time': ['dawn', 'day', 'sunset', 'night'],
  \ 'weather': ['clear', 'rain', 'snow', 'fog'],
  \ }

function! storyreel#complete#omni(findstart, base) abort
  let l:before = getline('.')[: col('.') - 2]
  if col('.') == 1
    let l:before = ''
  endif
  if a:findstart
    let s:key = matchstr(l:before, '\%(^\s*\%(-\s\+\)*\|[{,]\s*\)\zs\l\+\ze\s*:\s\+[^{]*$')
    if has_key(s:values, s:key)
      return match(l:before, ':\s\+\zs[^:]*$')
    endif
    return match(l:before, '[^[:blank:]{,@:"'']*$')
  endif
  return filter(s:candidates(l:before), {_, word -> stridx(tolower(word), tolower(a:base)) == 0})
endfunction

function! s:candidates(before) abort
  if has_key(s:values, s:key)
    return copy(s:values[s:key])
  endif
  let l:cast = storyreel#complete#cast()
  let l:member = matchstr(a:before, '[[:upper:]][[:upper:][:digit:]_]*\ze\%(@[[:alnum:]_-]*\)*@[[:alnum:]_-]*$')
  if a:before =~# '@[[:alnum:]_-]*$'
    return get(l:cast, l:member, [])
  endif
  let l:names = sort(keys(l:cast))
  if a:before =~# '^\s*\%(-\s\+\)*\l*$'
    return s:keys(a:before) + l:names
  endif
  return l:names
endfunction

" Keys of the mapping that the cursor is in, told by the keys above it.
function! s:keys(before) abort
  let l:indent = strlen(matchstr(a:before, '^\s*\%(-\s\+\)*'))
  if l:indent == 0
    return s:film
  endif
  for l:n in range(line('.') - 1, 1, -1)
    let l:key = matchstr(getline(l:n), '^\s*\%(-\s\+\)*\zs[^:#]\+\ze\s*:')
    let l:column = strlen(matchstr(getline(l:n), '^\s*\%(-\s\+\)*'))
    if l:key ==# '' || l:column >= l:indent
      continue
    endif
    if l:key ==# 'shots'
      return s:shot + s:settings
    elseif l:key ==# 'scenes'
      return s:scene + s:settings
    elseif l:key ==# 'camera'
      return s:camera
    elseif l:key ==# 'music' || l:key ==# 'sound'
      return s:cue
    elseif l:key ==# 'defaults'
      return s:settings
    elseif l:key =~# '^\u' && l:column > 0
      return s:member
    endif
    return []
  endfor
  return s:shot + s:settings
endfunction

" The cast of the buffer: name -> its ages and outfits.
function! storyreel#complete#cast() abort
  let l:cast = {}
  let l:start = search('^cast\s*:', 'nw')
  if l:start == 0
    return l:cast
  endif
  let l:name = ''
  let l:list = ''
  let l:depth = 0
  for l:n in range(l:start + 1, line('$'))
    let l:text = getline(l:n)
    if l:text =~# '^\s*\%(#.*\)\?$'
      continue
    endif
    let l:indent = indent(l:n)
    if l:indent == 0
      break
    endif
    let l:key = matchstr(l:text, '^\s*\zs[^:#]\+\ze\s*:')
    if l:depth == 0 || l:indent <= l:depth
      let l:depth = l:indent
      let l:name = l:key
      let l:list = ''
      let l:cast[l:name] = []
    elseif l:key ==# 'looks' || l:key ==# 'outfits' || l:key ==# 'born'
      let l:list = l:key
    elseif l:list !=# '' && l:key !=# ''
      call add(l:cast[l:name], l:key)
    endif
  endfor
  return l:cast
endfunction
