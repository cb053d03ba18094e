module example.com/charging-platform

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.269.0
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk-charging-platform/cdk-charging-platform-go/chargingplatform v0.0.0
)
