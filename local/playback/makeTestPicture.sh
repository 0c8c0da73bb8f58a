#!/bin/sh
# Makes the test picture of local mode: a loop of 16 seconds in two renditions, as segments of fragmented MP4.
# The repository contains the result, so only a change of the picture needs this script:
#
#   apt-get install ffmpeg fonts-dejavu-core
#   sh local/playback/makeTestPicture.sh local/playback/media
set -eu
media=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
font=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf

# The period of every motion and of the tone divides 16 s, so the end of the loop continues with its start.
red='120+75*sin(2*PI*(X/W+T/16))+25*sin(2*PI*(Y/H-T/8))'
green='62+45*sin(2*PI*(X/W/2+Y/H/2-T/16))'
blue='150+70*cos(2*PI*(Y/H+X/W/3+T/16))'
ffmpeg -v error -f lavfi -i "color=black:s=640x360:r=30:d=16,format=gbrp,geq=r='$red':g='$green':b='$blue'" \
  -c:v libx264 -qp 0 -preset ultrafast "$work/colors.mkv"

# 16 s at 48 kHz are exactly 750 AAC frames. ADTS has no edit list, which would shift the pictures.
tone='0.035*sin(2*PI*220*t)*(1+sin(2*PI*t/4))+0.02*sin(2*PI*330*t)*(1+sin(2*PI*t/8))'
ffmpeg -v error -f lavfi -i "aevalsrc='$tone':s=48000:d=49" -c:a aac -b:a 24k "$work/tone.aac"

dot() { # dot <size> <color>: a round dot
  echo "color=$2:s=$1x$1:r=30,format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*clip(W/2-hypot(X-W/2+0.5,Y-H/2+0.5),0,1)'"
}
text="drawtext=fontfile=$font:fontcolor=white:shadowcolor=black@0.4:shadowx=1:shadowy=1"

rendition() { # rendition <name> <width> <height> <bits per second>
  # A dot that moves around once in the loop, a faster one, the second of the loop, and the size of the picture.
  # Segments of 2 s begin with a key frame. Without B-frames, all frames are in the order of their times.
  for pass in 1 2; do
    ffmpeg -v error -y -i "$work/colors.mkv" -f lavfi -i "$(dot 26 white)" -f lavfi -i "$(dot 14 yellow)" \
      -filter_complex "
        [0][1]overlay=x='W/2-w/2+118*sin(2*PI*t/16)':y='H/2-h/2-118*cos(2*PI*t/16)':shortest=1[slow];
        [slow][2]overlay=x='W/2-w/2+88*sin(2*PI*t/2)':y='H/2-h/2-88*cos(2*PI*t/2)':shortest=1,
        $text:fontsize=64:x=(w-tw)/2:y=(h-th)/2:text='%{eif\:mod(t\,16)+1\:d\:2}',
        $text:fontsize=20:x=20:y=20:text='test picture',
        scale=$2:$3:flags=lanczos,
        $text:fontsize=$3/18:x=w-tw-h/18:y=h/18:text='$2 x $3'" \
      -frames:v 480 -pix_fmt yuv420p -c:v libx264 -preset veryslow -profile:v main -bf 0 -refs 3 \
      -g 60 -keyint_min 60 -sc_threshold 0 -b:v "$4" -pass "$pass" -passlogfile "$work/$1" "$work/$1.mp4"
  done
  ffmpeg -v error -stream_loop 2 -i "$work/$1.mp4" -i "$work/tone.aac" -map 0:v -map 1:a -c copy -bsf:a aac_adtstoasc -t 48 \
    -f hls -hls_time 2 -hls_list_size 0 -hls_segment_type fmp4 \
    -hls_segment_options movflags=+skip_sidx -hls_fmp4_init_filename init.mp4 \
    -hls_segment_filename "$work/$1-%d.m4s" "$work/$1.m3u8"
  mkdir -p "$media/$1"
  cp "$work/init.mp4" "$media/$1/init.mp4"
  # The second of the three loops, because the first and the last have the start and the end of the encoded tone.
  for segment in 0 1 2 3 4 5 6 7; do cp "$work/$1-$((segment + 8)).m4s" "$media/$1/$segment.m4s"; done
}
rendition 360p 640 360 150k
rendition 180p 320 180 55k
