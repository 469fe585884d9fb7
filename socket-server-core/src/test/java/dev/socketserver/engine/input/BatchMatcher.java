package dev.socketserver.engine.input;

/** A matcher with code of the application, which takes whole batches only. */
interface BatchMatcher extends ReplyMatcher {

	@Override
	default boolean mayReceiveReplies() {
		return expectsReplies();
	}

	@Override
	default boolean runsUserCode() {
		return true;
	}

	@Override
	default boolean take(Object payload) {
		return false;
	}

}
