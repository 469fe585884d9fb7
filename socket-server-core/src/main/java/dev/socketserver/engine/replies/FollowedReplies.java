package dev.socketserver.engine.replies;

/**
 * Replies after which something is to be done.
 */
public final class FollowedReplies extends Replies {

	private final Replies replies;

	private final Runnable sent;

	private final Runnable failed;

	private boolean isFailed;

	/**
	 * Adds to replies what follows them.
	 * @param replies the replies
	 * @param sent what is done behind the last one
	 * @param failed what is done if a reply could not be made, before the failure is
	 * answered
	 */
	public FollowedReplies(Replies replies, Runnable sent, Runnable failed) {
		this.replies = replies;
		this.sent = sent;
		this.failed = failed;
	}

	@Override
	public Next next() throws Throwable {
		try {
			return this.replies.next();
		}
		catch (Throwable ex) {
			this.isFailed = true;
			throw ex;
		}
	}

	@Override
	public Object take() {
		try {
			return this.replies.take();
		}
		catch (Throwable ex) {
			this.isFailed = true;
			throw ex;
		}
	}

	@Override
	public boolean isSingle() {
		return this.replies.isSingle();
	}

	@Override
	public void close() {
		try {
			this.replies.close();
		}
		finally {
			(this.isFailed ? this.failed : this.sent).run();
		}
	}

}
