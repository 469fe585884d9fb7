package dev.socketserver.bridge.session;

/**
 * Is notified of the bridges of an application.
 */
public interface BridgeObserver {

	/**
	 * A server has a bridge.
	 * @param statistics what is counted of it
	 */
	void added(BridgeStatistics statistics);

	/**
	 * A server has its bridge no more.
	 * @param statistics what was counted of it
	 */
	void removed(BridgeStatistics statistics);

}
