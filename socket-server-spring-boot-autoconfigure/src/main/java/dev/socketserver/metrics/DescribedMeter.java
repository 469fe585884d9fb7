package dev.socketserver.metrics;

import io.micrometer.core.instrument.docs.MeterDocumentation;

/**
 * A meter of this project with a description.
 */
interface DescribedMeter extends MeterDocumentation {

	/**
	 * Returns the description.
	 * @return a phrase
	 */
	String description();

}
