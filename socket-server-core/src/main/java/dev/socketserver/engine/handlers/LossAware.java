package dev.socketserver.engine.handlers;

/**
 * A handler that has to know of frames that were received but will not be given to it,
 * because the meaning of those behind them may depend on their places.
 */
public interface LossAware {

	/**
	 * Frames are missing in front of the next one. On the session's lane.
	 * @param frames how many
	 * @param reason why they do not come
	 */
	void lost(int frames, Exception reason);

}
