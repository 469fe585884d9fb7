package dev.socketserver.session;

/**
 * A handler that has to know of frames that were received and do not come to it: what
 * follows them may have its meaning by its place.
 */
public interface LossAware {

	/**
	 * Frames are missing in front of the next one. On the session's lane.
	 * @param frames how many
	 * @param reason why they do not come
	 */
	void lost(int frames, Exception reason);

}
