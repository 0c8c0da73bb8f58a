/** A page with a video and a chat, while it is loading. */
export function WatchSkeleton() {
  return (
    <div class="channelPage channelSkeleton" role="status" aria-label="Loading">
      <div class="watch">
        <div class="player skeleton" />
      </div>
      <section class="chat" />
    </div>
  );
}
