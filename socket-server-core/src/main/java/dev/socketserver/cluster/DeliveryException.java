package dev.socketserver.cluster;

/**
 * A session of the cluster could not be found, or could not be asked.
 */
public class DeliveryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Delivery delivery;

	/**
	 * Creates the exception.
	 * @param delivery what became of the request; never {@link Delivery#WRITTEN}
	 * @param message what happened, for people
	 */
	public DeliveryException(Delivery delivery, String message) {
		super(message);
		this.delivery = delivery;
	}

	/**
	 * Returns what became of the request.
	 * @return the outcome
	 */
	public Delivery delivery() {
		return this.delivery;
	}

}
