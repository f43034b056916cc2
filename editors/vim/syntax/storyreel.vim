" YAML, and on top of it what means something in a script: keys, names of the cast, times, camera moves.
if exists('b:current_syntax')
  finish
endif
runtime! syntax/yaml.vim
unlet! b:current_syntax

syntax case match
syntax match storyreelKey /\%(^\s*\%(-\s\+\)*\|[{,]\s*\)\@<=\%(title\|size\|fps\|seed\|style\|negative\|model\|scheduler\|steps\|guidance\|interpolation\|depth\|motion\|fit\|look\|cast\|places\|defaults\|scenes\|shots\|looks\|born\|outfits\|scene\|place\|time\|weather\|year\|prompt\|walk\|card\|id\|duration\|camera\|transition\|keyframes\|music\|sound\|file\|volume\|start\|from\|fade in\|fade out\|loop\|subtitles\|voice\|lips\|lora\|embedding\|include\|reference\|say\|caption\|image\|strength\|zoom\|pan\|tilt\|roll\|ease\|shake\|parallax\|framing\)\ze\s*:\%(\s\|$\)/ containedin=ALLBUT,yamlComment
syntax match storyreelName /\<\u[[:upper:][:digit:]_]\+\>\%(@[[:alnum:]_-]\+\)*/ containedin=yamlPlainScalar,yamlFlowString contains=storyreelSuffix
syntax match storyreelSuffix /@[[:alnum:]_-]\+/ contained
syntax match storyreelSlugline /\<\%(INT\|EXT\|INT\.\/EXT\|I\/E\)\.\?\ze\s/ containedin=yamlPlainScalar
syntax match storyreelTime /\<\d\+\%(\.\d\+\)\?\%(ms\|s\|f\)\>\|\<\d\{1,3}:\d\d\>/ containedin=yamlPlainScalar

highlight default link storyreelKey Statement
highlight default link storyreelName Identifier
highlight default link storyreelSuffix Special
highlight default link storyreelSlugline PreProc
highlight default link storyreelTime Number

let b:current_syntax = 'storyreel'
