// What ffmpeg is told. Pure; every flag here exists in ffmpeg 4.1 and later.

import ffmpegCommand from '@ts-ffmpeg/fluent-ffmpeg'

/** Frames a second as a fraction: 24 is 24/1, 23.976 is 24000/1001. */
export type FrameRate = { num: number; den: number }

/** Width and height must be even: 4:2:0 has one colour sample for two by two pixels. */
export type VideoSpec = { width: number; height: number; fps: FrameRate }

/** Ticks a second of the video track, such that a frame is a whole number of ticks. */
export function trackTimescale({ num }: FrameRate): number {
  return num < 1000 ? num * 1000 : num
}

/**
 * What encodes a segment. It is the same for all segments of a film (x264's parameter sets must be equal for joining
 * without re-encoding) and pins all that can change the bytes: x264's output depends on its thread count, so one.
 * Without B-frames a frame's decoding time is its presentation time: no edit lists, and segments of one frame join
 * exactly. Without scene-cut detection keyframes stand at fixed distances, for seeking.
 */
export const SEGMENT_CODEC = {
  codec: 'libx264',
  preset: 'veryfast',
  crf: '18',
  bframes: '0',
  keyframeDistance: '48',
} as const

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y']
const BIT_EXACT = ['-fflags', '+bitexact', '-flags:v', '+bitexact']
const BT709_TAGS = [
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709'],
  ...['-color_trc', 'bt709', '-color_range', 'tv'],
]

/** `file:` keeps ffmpeg from reading a path such as `a:b.mp4` or `-x.mp4` as a protocol or a flag. */
export const fileUrl = (path: string) => `file:${path}`

/** Raw RGB frames (rgb24) on stdin → one H.264 segment in an MP4 file, BT.709 converted and tagged. */
export function encodeArguments({ width, height, fps }: VideoSpec, path: string): string[] {
  return ffmpegCommand('pipe:0')
    .inputOptions(...QUIET, '-f', 'rawvideo', '-pixel_format', 'rgb24')
    .inputOptions('-video_size', `${width}x${height}`, '-framerate', `${fps.num}/${fps.den}`)
    .outputOptions('-map', '0:v:0', '-map_metadata', '-1')
    .videoFilters(['scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd', 'format=yuv420p'])
    .outputOptions('-c:v', SEGMENT_CODEC.codec, '-preset', SEGMENT_CODEC.preset, '-crf', SEGMENT_CODEC.crf)
    .outputOptions('-bf', SEGMENT_CODEC.bframes, '-g', SEGMENT_CODEC.keyframeDistance, '-sc_threshold', '0')
    .outputOptions('-threads', '1', ...BT709_TAGS, ...BIT_EXACT)
    .outputOptions('-video_track_timescale', String(trackTimescale(fps)), '-movflags', '+write_colr')
    .outputOptions('-f', 'mp4')
    .output(fileUrl(path))
    ._getArguments()
}

/**
 * Segments named by an ffconcat script on stdin → one MP4 file, not re-encoded, its index in front; with the sound of a file and
 * the subtitles of a SubRip file, if they are given.
 */
export function joinArguments(
  fps: FrameRate,
  title: string,
  path: string,
  { sound = null, subtitles = null }: { sound?: string | null; subtitles?: string | null } = {},
): string[] {
  const command = ffmpegCommand('pipe:0').inputOptions(
    ...[...QUIET, '-f', 'concat', '-safe', '0', '-protocol_whitelist', 'file,pipe'],
  )
  if (sound !== null) command.input(fileUrl(sound))
  if (subtitles !== null) command.input(fileUrl(subtitles))
  const tracks = [
    ...(sound === null ? [] : ['-map', '1:a:0']),
    ...(subtitles === null ? [] : ['-map', `${sound === null ? 1 : 2}:s:0`, '-c:s', 'mov_text']),
  ]
  return command
    .outputOptions('-map', '0:v:0', '-map_metadata', '-1', '-c', 'copy', ...tracks, ...BIT_EXACT)
    .outputOptions('-metadata', `title=${title}`)
    .outputOptions('-video_track_timescale', String(trackTimescale(fps)))
    .outputOptions('-movflags', '+faststart+write_colr', '-f', 'mp4')
    .output(fileUrl(path))
    ._getArguments()
}

/** A film's video and the sound of a clip → one MP4 file; the video begins `startSeconds` after the file. */
export function soundArguments(
  { film, clip, fps, startSeconds }: { film: string; clip: string; fps: FrameRate; startSeconds: number },
  codec: 'copy' | 'aac',
  path: string,
): string[] {
  return ffmpegCommand()
    .input(fileUrl(film))
    .inputOptions(...QUIET, ...(startSeconds > 0 ? ['-itsoffset', startSeconds.toFixed(6)] : []))
    .input(fileUrl(clip))
    .outputOptions('-map', '0:v:0', '-map', '1:a?', '-map_metadata', '-1', ...BIT_EXACT)
    .outputOptions('-c:v', 'copy', '-c:a', codec, ...(codec === 'aac' ? ['-b:a', '192k'] : []))
    .outputOptions('-video_track_timescale', String(trackTimescale(fps)))
    .outputOptions('-movflags', '+faststart+write_colr', '-f', 'mp4')
    .output(fileUrl(path))
    ._getArguments()
}

/** Any file's first sound track → samples on stdout: 32-bit floats, interleaved left and right, `rate` a second. */
export function decodeSoundArguments(path: string, rate: number): string[] {
  return ffmpegCommand(fileUrl(path))
    .inputOptions(...QUIET)
    .outputOptions('-map', '0:a:0', '-ac', '2', '-ar', String(rate), '-f', 'f32le')
    .output('pipe:1')
    ._getArguments()
}

/** Such samples on stdin → AAC in an MP4 file. */
export function encodeSoundArguments(rate: number, path: string): string[] {
  return ffmpegCommand('pipe:0')
    .inputOptions(...QUIET, '-f', 'f32le', '-ar', String(rate), '-ac', '2')
    .outputOptions('-map_metadata', '-1', '-c:a', 'aac', '-b:a', '192k', '-threads', '1')
    .outputOptions('-fflags', '+bitexact', '-flags:a', '+bitexact', '-f', 'mp4')
    .output(fileUrl(path))
    ._getArguments()
}

/** Every frame of a film's video as one line on stdout: time base and size in front, then its time and checksum. */
export function probeArguments(ffmpeg: FfmpegFacts, path: string): string[] {
  return ffmpegCommand(fileUrl(path))
    .inputOptions(...QUIET)
    .outputOptions('-map', '0:v:0', ...everyFrame(ffmpeg), '-f', 'framecrc')
    .output('pipe:1')
    ._getArguments()
}

/** A film's frames as raw RGB (rgb24) of one size on stdout, converted by the matrix that the film is tagged with. */
export function decodeArguments(ffmpeg: FfmpegFacts, path: string, width: number, height: number): string[] {
  const scale = `scale=${width}:${height}:in_color_matrix=auto:out_range=pc:flags=bicubic+accurate_rnd+full_chroma_int`
  return ffmpegCommand(fileUrl(path))
    .inputOptions(...QUIET)
    .outputOptions('-map', '0:v:0', ...everyFrame(ffmpeg))
    .videoFilters([scale, 'format=rgb24'])
    .outputOptions('-f', 'rawvideo')
    .output('pipe:1')
    ._getArguments()
}

/** What an ffmpeg understands depends on its libavformat's major version. */
type FfmpegFacts = { libavformat: { major: number } }

/** Each coded frame once, none dropped or repeated; `-vsync` was renamed in ffmpeg 5.1 and is to go. */
const everyFrame = ({ libavformat }: FfmpegFacts) =>
  libavformat.major >= 60 ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough']
