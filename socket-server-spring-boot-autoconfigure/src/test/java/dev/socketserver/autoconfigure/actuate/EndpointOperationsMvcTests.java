package dev.socketserver.autoconfigure.actuate;

/**
 * Every operation of the endpoints with Spring MVC.
 */
@EndpointsWebTest
class EndpointOperationsMvcTests extends AbstractEndpointOperationsTests {

	@Override
	boolean mayWait(String thread) {
		return thread.startsWith("http-nio-") && thread.contains("-exec-");
	}

}
