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

}
