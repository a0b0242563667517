/** Finds who changed a record: CloudTrail keeps the calls of this global service in us-east-1 (Route 53 Developer Guide, "Logging Amazon Route 53 API calls with AWS CloudTrail"). */
export const whoChangedIt: string =
  'aws --region us-east-1 cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ChangeResourceRecordSets';
